"""What all tables are made with: their catalogue, and the columns that number rows and point at others."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

ROW_ID = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only under INTEGER


def own_id() -> Column[int]:
    return Column("id", ROW_ID, primary_key=True)


def id_of(target: str, name: str, *, nullable: bool = False, primary_key: bool = False) -> Column[int]:
    return Column(
        name, ROW_ID, ForeignKey(f"{target}.id"), nullable=nullable and not primary_key, primary_key=primary_key
    )
