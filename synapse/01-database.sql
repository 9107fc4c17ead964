-- Generated from the catalogue by `npm run synapse:generate`; docs/synapse.md explains how to use it.
-- Run once, in the database master.
-- With another collation, texts in UTF-8 would be converted, and conditions on them would read every row group.
-- This one compares bytes, so names of views and columns are case-sensitive, too.
CREATE DATABASE [billing] COLLATE Latin1_General_100_BIN2_UTF8;
